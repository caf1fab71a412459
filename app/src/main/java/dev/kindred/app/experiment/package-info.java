/**
 * The experiments of the source paper in the simulated world: the nine groups of its Table 1, what
 * each stage of the pipeline is worth, and worlds in which it must not win.
 */
package dev.kindred.app.experiment;
