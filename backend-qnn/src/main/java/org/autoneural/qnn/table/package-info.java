/**
 * What the vendor's ops and the chip's architectures allow, as data with sources: {@code ops.txt} and {@code htp.txt} beside this
 * package, read by {@link org.autoneural.qnn.table.OpTable} and {@link org.autoneural.qnn.table.HtpTable}, and a check of QNN
 * graphs against both.
 */
package org.autoneural.qnn.table;
