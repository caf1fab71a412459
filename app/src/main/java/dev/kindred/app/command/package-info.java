/** One class per command, and what they share: global options, exit codes, error messages. */
package dev.kindred.app.command;
