package org.autoneural.cli;

/** What the process tells its caller. */
final class ExitCode {
    static final int OK = 0;
    /** The task itself failed: accuracy below the gate, the target refuses the model, the context is full. */
    static final int FAILED = 1;
    /** Wrong options or arguments. */
    static final int USAGE = 2;
    /** A file that was given cannot be used. */
    static final int BAD_INPUT = 3;
    /** A defect of this program (EX_SOFTWARE of sysexits.h). */
    static final int DEFECT = 70;

    private ExitCode() {}
}
