def log = new File(basedir, "build.log").text
assert log =~ /<checkpoint> .*checkpoint: .*config.json/
assert !new File(basedir, "target/classes/model.npu").exists()
