package org.autoneural.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.autoneural.cockpit.CockpitTiny;

/** The models that come with the program, by name. */
enum BuiltIn {
    COCKPIT_TINY("cockpit-tiny"),
    COCKPIT_TINY_BASELINE("cockpit-tiny-baseline");

    private final String text;

    BuiltIn(String text) {
        this.text = text;
    }

    static Optional<BuiltIn> of(String name) {
        for (BuiltIn model : values()) {
            if (model.text.equals(name)) {
                return Optional.of(model);
            }
        }
        return Optional.empty();
    }

    Path checkpoint() {
        return available(this == COCKPIT_TINY ? CockpitTiny::checkpoint : CockpitTiny::baseline);
    }

    /** Questions for calibration (split calib) and reporting (split test); both models share them. */
    Path questions() {
        return available(CockpitTiny::evalSet);
    }

    Path samplePicture() {
        return available(CockpitTiny::samplePicture);
    }

    private Path available(Supplier<Path> path) {
        try {
            return path.get();
        } catch (NoClassDefFoundError e) {
            throw new InputException("the built-in model " + text + " is not on the class path; add the artifact"
                    + " autoneural-cockpit-tiny, or name a checkpoint folder", e);
        }
    }
}
