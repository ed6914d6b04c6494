"""Extracts from a TensorFlow wheel what the addon is built on: extract-wheel.py WHEEL FOLDER"""
import os
import sys
import zipfile

wheel, folder = sys.argv[1:]
libraries = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
parent = os.getppid()

with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name in libraries or name.startswith("tensorflow/include/"):
            archive.extract(name, folder)  # checks the CRC of every file
            if os.getppid() != parent:
                sys.exit("the installation was interrupted")

for name in libraries:
    if not os.path.exists(os.path.join(folder, name)):
        sys.exit("%s is not in %s" % (name, wheel))
