/**
 * A seeded world of items and users whose truth is known: it produces logs and catalogues as a real
 * service would, and tells what a recommender should have found in them.
 */
package dev.kindred.engine.world;
