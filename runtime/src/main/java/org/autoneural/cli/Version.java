package org.autoneural.cli;

import org.autoneural.compiler.Compiler;
import picocli.CommandLine.IVersionProvider;

/** Versions, for {@code --version} and for reports of defects. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"autoneural " + Compiler.VERSION,
            "Java " + System.getProperty("java.runtime.version") + " (" + System.getProperty("java.vm.vendor") + "), "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch")};
    }
}
