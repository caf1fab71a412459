/** Related lists against those that need no model, on what users did later. */
package dev.kindred.app.evaluation;
