/** Multi-task ranking networks: mixture of experts with a gate per task, and a bias tower. */
package dev.kindred.engine.mmoe;
