// Two questions of the first project; the checkpoint itself comes from the artifact.
def from = new File(basedir.parentFile, "1-build-twice/checkpoint/eval")
from.eachFileRecurse(groovy.io.FileType.FILES) { file ->
    def to = new File(new File(basedir, "checkpoint/eval"), from.toPath().relativize(file.toPath()).toString())
    to.parentFile.mkdirs()
    java.nio.file.Files.copy(file.toPath(), to.toPath())
}
return true
