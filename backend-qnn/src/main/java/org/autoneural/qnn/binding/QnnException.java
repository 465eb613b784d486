package org.autoneural.qnn.binding;

import org.autoneural.backend.BackendException;

/** A call of the QNN libraries that failed, or what kept it from being made. */
public final class QnnException extends BackendException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int number;
    private final String reason;

    QnnException(String call, int number, String detail) {
        this(call, number, detail, message(call, number, detail));
    }

    private QnnException(String call, int number, String reason, String message) {
        super(message);
        this.call = call;
        this.number = number;
        this.reason = reason;
    }

    private static String message(String call, int number, String detail) {
        if (call.equals("open") && number == 0) {
            return detail;
        }
        String what = number == 0 ? "QNN " + call + " failed" : "QNN call " + call + " failed: " + QnnErrors.describe(number);
        return detail.isEmpty() ? what : what + ": " + detail;
    }

    /** The failure that the shim noted on this thread. */
    static QnnException last() {
        return new QnnException(Shim.text(Shim.aqnn_error_call()), (int) Shim.aqnn_error_code(), Shim.text(Shim.aqnn_error_detail()));
    }

    /** The same failure with the place where it happened before the words. */
    QnnException in(String place) {
        return new QnnException(call, number, reason, place + ": " + getMessage());
    }

    /** The words of the library or the shim, without call and number. */
    public String reason() {
        return reason;
    }

    /** The library's function, {@code graphFinalize}; {@code open} and {@code version} are of the shim itself. */
    public String call() {
        return call;
    }

    /** The library's number, 0 when the call was not made. */
    public int number() {
        return number;
    }

    /** The part of the library that the number belongs to: {@code graph}; {@code shim} for 0. */
    public String component() {
        return QnnErrors.component(number);
    }
}
