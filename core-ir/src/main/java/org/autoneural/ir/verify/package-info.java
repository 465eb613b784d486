/** What may appear at each stage, as data, and the verifier that holds graphs to it. */
package org.autoneural.ir.verify;
