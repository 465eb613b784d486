def model = new File(basedir, "target/classes/model.npu")
model.parentFile.mkdirs()
java.nio.file.Files.copy(new File(basedir.parentFile, "1-build-twice/target/classes/model.npu").toPath(), model.toPath())
return true
