/** The built-in models, their pictures and questions, as folders that are unpacked at first use. */
package org.autoneural.cockpit;
