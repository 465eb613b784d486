package org.autoneural.cli;

import picocli.CommandLine.Option;

/** What every verb understands. */
final class CommonOptions {
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    @Option(names = Main.STACKTRACE, description = "Show the stack trace of an error.")
    private boolean stacktrace;
}
