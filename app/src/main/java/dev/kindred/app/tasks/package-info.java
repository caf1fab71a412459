/** Networks for the columns of any table: encoding, splitting, measuring. */
package dev.kindred.app.tasks;
