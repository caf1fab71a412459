/** An open-loop load generator for HTTP. */
package dev.kindred.app.load;
