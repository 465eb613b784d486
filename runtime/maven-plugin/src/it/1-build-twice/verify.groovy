def log = new File(basedir, "build.log").text
assert new File(basedir, "target/classes/model.npu").length() > 1_000_000
assert log.contains("compiling: there is no")
assert log.split("is up to date: all inputs and settings are those it was made from").length == 2
assert log.contains("prefill: ")
