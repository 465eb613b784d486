/** Passes, the manager that times, dumps and verifies around them, and the list of them all ({@link org.autoneural.ir.pass.Passes}). */
package org.autoneural.ir.pass;
