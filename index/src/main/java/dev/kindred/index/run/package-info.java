/** How work runs: threads, progress, reproducible random draws. */
package dev.kindred.index.run;
