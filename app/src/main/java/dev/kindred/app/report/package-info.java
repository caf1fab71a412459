/** Pages for people: one HTML file each, plots drawn as SVG, nothing fetched from anywhere. */
package dev.kindred.app.report;
