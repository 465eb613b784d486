// What the first project left, with one input changed.
def before = new File(basedir.parentFile, "1-build-twice")
["checkpoint", "target"].each { name ->
    def from = new File(before, name)
    from.eachFileRecurse(groovy.io.FileType.FILES) { file ->
        def to = new File(new File(basedir, name), from.toPath().relativize(file.toPath()).toString())
        to.parentFile.mkdirs()
        java.nio.file.Files.copy(file.toPath(), to.toPath())
    }
}
new File(basedir, "checkpoint/generation_config.json").append("\n")
return true
