/** Goals of the Maven plugin; the work is done by {@code org.autoneural.compiler}. */
package org.autoneural.maven;
