/** Where accuracy goes: errors layer by layer, statistics of activations, and the page that shows them. */
package org.autoneural.quantizer.report;
