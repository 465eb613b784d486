package org.autoneural.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code autoneural encodings}: its verbs are commands of their own. */
@Command(name = "encodings", sortOptions = false, header = "Encodings of all tensors, in the formats of other tools.",
        description = {"", "@|bold compile --encodings FILE|@ takes them in.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural encodings export model.npu --format aimet-1.0 -o model.encodings",
            "  autoneural compile my-checkpoint -o model.npu --encodings model.encodings"})
final class EncodingsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    /** Without a verb. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "encodings: which one? One of " + spec.subcommands().keySet());
    }
}
