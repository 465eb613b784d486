package org.autoneural.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code autoneural}. */
@Command(name = "autoneural", sortOptions = false, versionProvider = Version.class,
        header = "Compile vision-language models to integers and run them.",
        description = {"",
            "A checkpoint folder becomes one file, model.npu: quantized, checked, ready for the target. That file answers"
            + " questions about pictures. A small trained model, @|bold cockpit-tiny|@, is built in, so everything works at once.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural run --ask \"What do you see?\"                 the built-in model, a built-in picture",
            "  autoneural run --image cluster.png                      a chat about a picture",
            "  autoneural compile my-checkpoint -o model.npu           a model of your own",
            "  autoneural eval --model model.npu --qa qa.jsonl         how often it is right",
            "  autoneural COMMAND --help                               options and examples of one command",
            "",
            "Exit codes:",
            "   0  all went well",
            "   1  the task failed: accuracy below the gate, a dump departs, the target refuses the model, the",
            "      context is full",
            "   2  wrong options or arguments",
            "   3  a file that was given cannot be used",
            "  70  a defect of autoneural; please report it",
            " 130  interrupted (Ctrl-C); no unfinished file is left behind",
            "",
            "Environment: JAVA_HOME chooses the JDK (17 or newer), AUTONEURAL_JAVA_OPTS adds JVM options."})
public final class Main implements Runnable {
    static final String STACKTRACE = "--stacktrace";
    private static final int HELP_WIDTH = 100;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show versions of autoneural and Java, and exit.")
    private boolean version;

    private Main() {}

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] args) {
        Console console = Console.ofProcess();
        // Only Ctrl-C, or a request to end, finds the hook there; it runs while unfinished files are deleted (deleteOnExit).
        Thread interrupted = new Thread(() -> console.err().println((console.errTerminal() ? "\n" : "")
                + "autoneural: interrupted; no unfinished file is left behind"));
        Runtime.getRuntime().addShutdownHook(interrupted);
        int code = run(args, console);
        console.out().flush();
        try {
            Runtime.getRuntime().removeShutdownHook(interrupted);
        } catch (IllegalStateException e) {
            // Interrupted at the very end: the exit code is the signal's.
            return;
        }
        System.exit(code);
    }

    static int run(String[] args, Console console) {
        CommandLine commands = commands(console);
        boolean trace = Arrays.asList(args).contains(STACKTRACE);
        commands.setOut(new PrintWriter(console.out(), true))
                .setErr(new PrintWriter(console.err(), true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(console.outTerminal() ? Ansi.AUTO : Ansi.OFF))
                .setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler((e, arguments) -> usage(e, console))
                .setExecutionExceptionHandler((e, command, result) -> Failures.report(e, console.err(), trace));
        try {
            return commands.execute(args);
        } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
            return Failures.report(e, console.err(), trace);
        }
    }

    /** The command with all its verbs. */
    static CommandLine commands(Console console) {
        return new CommandLine(new Main())
                .addSubcommand(new CompileCommand(console))
                .addSubcommand(new RunCommand(console))
                .addSubcommand(new EvalCommand(console))
                .addSubcommand(new InspectCommand(console))
                .addSubcommand(new CheckCommand(console))
                .addSubcommand(new BenchCommand(console))
                .addSubcommand(new EstimateCommand(console))
                .addSubcommand(new CommandLine(new EncodingsCommand()).addSubcommand(new EncodingsExportCommand(console)))
                .addSubcommand(new QuantizeReportCommand(console))
                .addSubcommand(new AblationCommand(console))
                .addSubcommand(new CompareCommand(console))
                .addSubcommand(new CompareEncodersCommand(console))
                .addSubcommand(new PrecisionPlanCommand(console))
                .addSubcommand(new CompletionCommand(console))
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static int usage(ParameterException e, Console console) {
        console.err().println("autoneural: " + e.getMessage());
        console.err().println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    /** Without a verb: the help, and exit code 2, as nothing was done. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? One of " + spec.subcommands().keySet());
    }
}
