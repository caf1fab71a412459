/** The demonstration: the whole way from a simulated log to answers, with the truth beside it. */
package dev.kindred.app.demo;
