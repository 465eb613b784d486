package org.autoneural.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code autoneural completion}. */
@Command(name = "completion", sortOptions = false, header = "Print a script that completes commands and options in bash and zsh.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(autoneural completion)                        for this shell",
            "  autoneural completion > ~/.autoneural-completion       then: source it in ~/.bashrc or ~/.zshrc"})
final class CompletionCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.out().print(AutoComplete.bash("autoneural", spec.root().commandLine()));
        return ExitCode.OK;
    }
}
