/**
 * The QNN libraries from Java: opening them, compiling the records of {@link org.autoneural.qnn.graph} to context binaries, loading
 * and running those. Native code is {@code src/main/native}; Java never sees a structure of the libraries'.
 */
package org.autoneural.qnn.binding;
