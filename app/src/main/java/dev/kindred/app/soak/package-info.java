/** A long mixed load on one server, and what it does to the process. */
package dev.kindred.app.soak;
