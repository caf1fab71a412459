/** The configuration file of a training run: TOML in, the engine's option records out. */
package dev.kindred.app.config;
