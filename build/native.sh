#!/bin/sh
# Compiles the C and C++ of a folder, and links it: to the JNI library of a JavaCPP class, or to a shared library. Only what is older than
# its sources is made again. Needs gcc, g++ and a JDK.
#
#   native.sh PLATFORM COMPILER SOURCES INCLUDE OBJECTS jni CLASSPATH CLASS CLASSES
#   native.sh PLATFORM COMPILER SOURCES INCLUDE OBJECTS shared FILE
#
# PLATFORM as JavaCPP names it (linux-x86_64, linux-arm64). INCLUDE: folder of headers beside SOURCES. A JNI library lies where
# JavaCPP looks for it: CLASSES/<package>/PLATFORM.
set -eu
platform=$1 compiler=$2 sources=$3 include=$4 objects=$5/$1 kind=$6
shift 6

# What tests run a few times is not worth the compiler's time.
if [ "$kind" = shared ]; then optimization=-O1; else optimization="-O2 -ftree-vectorize"; fi

newest_header=$(ls -t "$sources"/*.h "$sources"/*.hpp "$sources"/*.inc "$include"/*.h "$include"/*.hpp "$0" 2>/dev/null | head -n 1)
mkdir -p "$objects"
made=
for source in "$sources"/*.c "$sources"/*.cpp; do
  [ -f "$source" ] || continue
  object=$objects/$(basename "${source%.*}").o
  if [ ! "$object" -nt "$source" ] || [ ! "$object" -nt "$newest_header" ]; then
    echo "compiling $source for $platform"
    case $source in
    # Sums stay in the order in which they are written: reordered, the inner loops need more registers than there are.
    *.c) command="${compiler%g++}gcc -std=c11 -O3 -fno-tree-reassoc" ;;
    *) command="$compiler -std=c++17 $optimization" ;;
    esac
    $command -fPIC -fvisibility=hidden -Wall -Wextra -Werror -I"$include" -c "$source" -o "$object.new"
    mv "$object.new" "$object"
  fi
  made="$made $object"
done
newest_object=$(ls -t $made | head -n 1)

if [ "$kind" = shared ]; then
  if [ ! "$1" -nt "$newest_object" ]; then
    mkdir -p "$(dirname "$1")"
    "$compiler" -shared -o "$1.new" $made
    mv "$1.new" "$1"
  fi
  exit 0
fi

classpath=$1 class=$2 classes=$3
name=${class##*.}
package=$(dirname "$(echo "$class" | tr . /)")
library=$classes/$package/$platform/libjni$name.so
# Compilers write classes anew that have not changed.
sum=$(cksum <"$classes/$package/$name.class")
if [ "$library" -nt "$newest_object" ] && [ "$sum" = "$(cat "$objects/$name.sum" 2>/dev/null)" ]; then
  exit 0
fi
mkdir -p "$(dirname "$library")"
links=
for object in $made; do
  links="$links -Xcompiler $object"
done
if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; else java=java; fi
"$java" -cp "$classpath" org.bytedeco.javacpp.tools.Builder -properties "$platform" -Dplatform.compiler="$compiler" \
  -d "$(dirname "$library")" -Xcompiler -I"$sources" $links "$class" >"$objects/javacpp.log" 2>&1 || { cat "$objects/javacpp.log" >&2; exit 1; }
echo "$sum" >"$objects/$name.sum"
