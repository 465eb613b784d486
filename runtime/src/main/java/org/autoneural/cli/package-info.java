/** A thin command line over the library: {@link org.autoneural.cli.Main} and one class per verb. */
package org.autoneural.cli;
