// A checkpoint of its own, calibrated on two pictures only: quick to compile.
import java.nio.file.Files
import java.nio.file.Path

def source = Path.of(cockpit, "cockpit-tiny")
def target = basedir.toPath().resolve("checkpoint")
["config.json", "generation_config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"].each {
    Files.createDirectories(target)
    Files.copy(source.resolve(it), target.resolve(it))
}
def chosen = source.resolve("eval/qa.jsonl").toFile().readLines().findAll { it.contains('"split": "calib"') || it.contains('"split":"calib"') }.take(2)
def eval = target.resolve("eval")
Files.createDirectories(eval.resolve("images"))
eval.resolve("qa.jsonl").toFile().text = chosen.join("\n") + "\n"
new groovy.json.JsonSlurper().with { json ->
    chosen.collect { json.parseText(it).image }.unique().each { Files.copy(source.resolve("eval").resolve(it), eval.resolve(it)) }
}
return true
