"""Extracts from a wheel of TensorFlow, or of CUDA, what the addon needs: extract-wheel.py WHEEL FOLDER"""
import os
import sys
import zipfile

wheel, folder = sys.argv[1:]
libraries = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
parent = os.getppid()


def is_needed(name):
    if name.startswith("tensorflow/"):
        return name in libraries or name.startswith("tensorflow/include/")
    return name.startswith("nvidia/") and "/include/" not in name


with zipfile.ZipFile(wheel) as archive:
    names = [name for name in archive.namelist() if is_needed(name)]
    for name in names:
        archive.extract(name, folder)  # checks the CRC of every file
        if os.getppid() != parent:
            sys.exit("the installation was interrupted")

if not names:
    sys.exit("%s has neither TensorFlow's libraries nor CUDA's" % wheel)
for name in libraries:
    if any(one.startswith("tensorflow/") for one in names) and name not in names:
        sys.exit("%s is not in %s" % (name, wheel))
os.sync()  # before the folder gets its name, which says that it is whole
