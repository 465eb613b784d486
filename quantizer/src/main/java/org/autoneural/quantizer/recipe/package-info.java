/** Recipes: what gets how many bits and how ranges, scales and roundings are found, as rules, as presets and as JSON. */
package org.autoneural.quantizer.recipe;
