/** What training takes and what a snapshot weighs, before anything is loaded. */
package dev.kindred.engine.estimate;
