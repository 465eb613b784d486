/**
 * What a back end is: {@link org.autoneural.backend.Backend} with its targets and their limits as data, compiled programs and their
 * execution, findings in one form; and {@link org.autoneural.backend.LatencyModel}, which estimates times. Implementations are found
 * with {@link java.util.ServiceLoader}.
 */
package org.autoneural.backend;
