# A customer's program with SOAP::Lite, which speaks SOAP 1.1. Arguments: contract, version of SOAP, scenario.
use strict;
use warnings;
use utf8;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use SOAP::Lite;

my ($contract, $version, $scenario) = @ARGV;
my $json = JSON::PP->new->utf8->canonical;
my ($folio, $tipo) = ('', '');

sub text_of { my ($answer, $name) = @_; return $answer =~ m{<$name>(.*?)</$name>}s ? unescaped($1) : '' }

sub unescaped {
    my ($text) = @_;
    s/&lt;/</g, s/&gt;/>/g, s/&amp;/&/g for $text;
    return $text;
}

# The library would send base64 of its own accord where a text is not ASCII: every value says that it is a string.
sub value_of { my ($name, $text) = @_; return SOAP::Data->name($name)->value($text)->type('string') }

open(my $lines, '<:encoding(UTF-8)', $scenario) or die "$scenario: $!";
while (my $line = <$lines>) {
    chomp $line;
    my ($paso, $address, $operation, @values) = split /\t/, $line, -1;
    my (@login, @parameters);
    for (@values) {
        my ($key, $text) = split /=/, $_, 2;
        $text = encode_base64($folio, '') if $text eq '@folio';
        $text = encode_base64($tipo, '') if $text eq '@tipo';
        if ($key =~ s/^login\.//) { push @login, value_of($key, $text) }
        else { push @parameters, value_of($key, $text) }
    }
    unshift @parameters, SOAP::Data->name('login')->value(\SOAP::Data->value(@login)) if @login;
    my $client = SOAP::Lite->proxy($address)->default_ns('http://tempuri.org')
        ->on_action(sub { "\"http://tempuri.org/$operation\"" })->on_fault(sub { $_[1] });
    my $answer = $client->call($operation, @parameters);
    my %said = (paso => $paso);
    if (!ref $answer || $answer->fault) {
        %said = (%said, falla => $answer->faultcode, texto => $answer->faultstring);
    } else {
        my $value = $answer->valueof("//${operation}Result");
        $said{valor} = "$value";
        if ($value =~ /<Documento>/) {
            %said = (%said, resultado => text_of($value, 'Resultado'), folio => text_of($value, 'Folio'),
                tipo => text_of($value, 'TipoDte'), error => text_of($value, 'Error'));
            ($folio, $tipo) = @said{'folio', 'tipo'} if $said{resultado} eq 'True';
        }
    }
    print $json->encode(\%said), "\n";
}
