package org.autoneural.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.autoneural.compiler.Progress;

/**
 * Shows how far long work is: a bar with percent and time left on a terminal, one line a finished step elsewhere. Thread-safe.
 */
final class ProgressBar implements Progress {
    private static final int WIDTH = 24;
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final String CLEAR_LINE = "\r\033[K";

    enum Style {
        BAR, LINES, SILENT
    }

    private final PrintStream err;
    private final Style style;
    private final LongSupplier nanoTime;
    private String step = "";
    private long startNanos;
    private long drawnNanos;
    private boolean open;

    /** @param nanoTime a clock that never goes back */
    ProgressBar(PrintStream err, Style style, LongSupplier nanoTime) {
        this.err = err;
        this.style = style;
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized void at(String name, long done, long total) {
        if (style == Style.SILENT) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (!open || !name.equals(step)) {
            clear();
            step = name;
            startNanos = now;
            drawnNanos = now - REDRAW_NANOS;
            open = true;
        }
        if (done >= total) {
            clear();
            open = false;
            err.println(finished(now - startNanos, total));
        } else if (style == Style.BAR && now - drawnNanos >= REDRAW_NANOS) {
            drawnNanos = now;
            err.print(CLEAR_LINE + bar(now - startNanos, done, total));
            err.flush();
        }
    }

    /** Takes an unfinished bar off the terminal, so that a message can follow. */
    synchronized void clear() {
        if (open && style == Style.BAR) {
            err.print(CLEAR_LINE);
            err.flush();
        }
    }

    private String finished(long nanos, long total) {
        return String.format(Locale.ROOT, "%-26s %s%.1f s", step, total > 1 ? total + " in " : "", nanos / 1e9);
    }

    private String bar(long nanos, long done, long total) {
        int full = (int) (WIDTH * done / total);
        String left = done == 0 ? "" : ", " + time(nanos / done * (total - done)) + " left";
        return String.format(Locale.ROOT, "%-26s [%s%s] %3d%%%s", step, "#".repeat(full), ".".repeat(WIDTH - full),
                100 * done / total, left);
    }

    /** m:ss, rounded up. */
    private static String time(long nanos) {
        long seconds = (nanos + 999_999_999L) / 1_000_000_000L;
        return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }
}
