/** HTTP: requests and replies free of any library, the table of routes, and the server below it. */
package dev.kindred.app.http;
