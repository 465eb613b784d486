def log = new File(basedir, "build.log").text
assert log.contains("compiling: checkpoint generation_config.json changed")
assert !log.contains("is up to date")
