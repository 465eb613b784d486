/**
 * Qualcomm QNN: {@link org.autoneural.qnn.QnnBackend} maps integer programs to the vendor's graphs, has its libraries compile them to
 * context binaries, and runs those.
 */
package org.autoneural.qnn;
