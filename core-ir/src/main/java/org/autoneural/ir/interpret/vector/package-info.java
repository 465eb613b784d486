/** Loops of the fast float executor with the Vector API, the same bits as its plain ones. Loaded only where the module is there. */
package org.autoneural.ir.interpret.vector;
