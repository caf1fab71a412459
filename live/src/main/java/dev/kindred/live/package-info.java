/** Live state in Chronicle Map: off heap, on disk, shared by processes. */
package dev.kindred.live;
