/** A recommender behind HTTP: what each route answers, what is counted, what is logged. */
package dev.kindred.app.serving;
