package org.autoneural;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.stream.Stream;
import org.autoneural.ir.op.Op;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The arrows of docs/architecture.md. Every rule of this class is a test; plain JUnit runs them, so that a broken one is counted. */
class ArchitectureTest {
    static final ArchRule coreKnowsNothingAbove = noClasses().that().resideInAnyPackage("org.autoneural.ir..",
            "org.autoneural.checkpoint..", "org.autoneural.model..", "org.autoneural.artifact..", "org.autoneural.backend..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.quantizer..", "org.autoneural.sim..",
                    "org.autoneural.qnn..", "org.autoneural.runtime..", "org.autoneural.compiler..", "org.autoneural.text..",
                    "org.autoneural.image..", "org.autoneural.djl..", "org.autoneural.cli..", "org.autoneural.maven..");

    static final ArchRule quantizerKnowsBackEndsThroughTheSpi = noClasses().that().resideInAPackage("org.autoneural.quantizer..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.sim..", "org.autoneural.qnn..",
                    "org.autoneural.runtime..", "org.autoneural.compiler..", "org.autoneural.cli..");

    static final ArchRule simulatorStandsAlone = noClasses().that().resideInAPackage("org.autoneural.sim..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.quantizer..", "org.autoneural.qnn..",
                    "org.autoneural.runtime..", "org.autoneural.compiler..", "org.autoneural.cli..", "org.autoneural.model..");

    static final ArchRule qnnStandsAlone = noClasses().that().resideInAPackage("org.autoneural.qnn..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.quantizer..", "org.autoneural.sim..",
                    "org.autoneural.runtime..", "org.autoneural.compiler..", "org.autoneural.cli..", "org.autoneural.model..");

    static final ArchRule backEndsAreFoundByServiceLoader = noClasses().that().resideOutsideOfPackages("org.autoneural.sim..",
            "org.autoneural.qnn..", "org.autoneural.benchmarks..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.sim..", "org.autoneural.qnn..");

    static final ArchRule sessionsNeverCompile = noClasses().that().resideInAPackage("org.autoneural.runtime..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.compiler..", "org.autoneural.quantizer..",
                    "org.autoneural.ir.pass..", "org.autoneural.model..", "org.autoneural.cli..");

    static final ArchRule comparisonsKnowOnlyTheCore = noClasses().that().resideInAPackage("org.autoneural.compare..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.runtime..", "org.autoneural.compiler..",
                    "org.autoneural.quantizer..", "org.autoneural.ir.pass..", "org.autoneural.model..", "org.autoneural.text..",
                    "org.autoneural.image..");

    static final ArchRule textAndImageStandAlone = noClasses().that().resideInAnyPackage("org.autoneural.text..", "org.autoneural.image..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.ir..", "org.autoneural.runtime..",
                    "org.autoneural.compiler..", "org.autoneural.quantizer..", "org.autoneural.model..");

    static final ArchRule nobodyUsesTheCommandLine = noClasses().that().resideOutsideOfPackage("org.autoneural.cli..")
            .should().dependOnClassesThat().resideInAPackage("org.autoneural.cli..");

    static final ArchRule mathUsesNothingOfOurs = classes().that().resideInAPackage("org.autoneural.ir.math")
            .should().onlyDependOnClassesThat().resideInAnyPackage("org.autoneural.ir.math", "java..");

    static final ArchRule opsAreRecords = classes().that().implement(Op.class).should().beRecords();

    @TestFactory
    Stream<DynamicTest> everyRuleHolds() {
        // Test classes are a folder when Maven ends before it packages, and a jar named "-tests" after.
        ImportOption notInTestJars = location -> !location.contains("-tests.jar");
        JavaClasses product = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(notInTestJars).importPackages("org.autoneural");
        return Arrays.stream(ArchitectureTest.class.getDeclaredFields()).filter(field -> field.getType() == ArchRule.class)
                .map(field -> DynamicTest.dynamicTest(field.getName(), () -> ((ArchRule) field.get(null)).check(product)));
    }
}
