#!/bin/sh
exec sudo -u dteplanows DTEPLANOWS_DIRECTORIO=/var/lib/dteplanows /usr/local/lib/dteplanows/bin/dteplanows "$@"
