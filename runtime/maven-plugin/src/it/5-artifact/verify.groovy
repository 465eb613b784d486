def log = new File(basedir, "build.log").text
assert log.contains("2 of 2 answers are exactly right")
