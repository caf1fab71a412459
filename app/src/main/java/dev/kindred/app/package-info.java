/** The single binary: entry point of the command line. */
package dev.kindred.app;
