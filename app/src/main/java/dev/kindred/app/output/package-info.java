/** What a command shows: tables and JSON lines on stdout, progress on stderr. */
package dev.kindred.app.output;
